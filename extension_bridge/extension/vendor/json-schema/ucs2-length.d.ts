export declare function ucs2length(s: string): number;
//# sourceMappingURL=ucs2-length.d.ts.map