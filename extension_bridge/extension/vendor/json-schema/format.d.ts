export declare const format: Record<string, (s: string) => boolean>;
//# sourceMappingURL=format.d.ts.map