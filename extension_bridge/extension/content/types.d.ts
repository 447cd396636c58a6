// Types of the content scripts: the shared object `rubato` of the isolated world, and its results.

type Kind = "link" | "image" | "text" | "heading" | "field" | "button" | "media";

/** Edges in pixels of this frame's view; satisfied by DOMRect. */
interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A box in pixels of this frame's view. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Something that may be visible: an element with a kind, a frame, a run of text, or ("") only a container. */
interface Candidate {
  node: any;
  kind: Kind | "frame" | "";
  /** For a run of text: its nodes outside of links and buttons; `node` is the first. */
  texts: Text[] | null;
}

interface Entry extends Candidate {
  /** A heading's level, 1-6; else 0. */
  level: number;
  /** Whether it is inline content of a paragraph. */
  inline: boolean;
  /** Whether text in it belongs to it or to an ancestor, such as a link. */
  owned: boolean;
  /** Whether it can have children. */
  expandable: boolean;
  /** Null until expanded. */
  children: Entry[] | null;
  shadow: ShadowRoot | null;
}

/** The position of a walk among children: the next sibling, or an index in a list. */
interface Inside {
  next: Node | null;
  list: Node[] | null;
  index: number;
}

interface Seen {
  bounds: Edges;
  /** Its visible boxes: one per line of a text or of a wrapped link. */
  parts: Edges[];
  /** The share of it that is visible, 0-1. */
  area: number;
  /** The share of `bounds` that its boxes fill, 0-1. */
  ink: number;
}

interface VisibleEntry {
  entry: Entry;
  seen: Seen;
}

interface ScannedElement extends Box {
  ref: number;
  kind: Kind;
  level?: number;
  area: number;
  ink: number;
  /** Only when there are several. */
  parts?: Box[];
}

/** A frame in view: the box of its view, the size of one of its pixels, and its visible part. */
interface ScannedFrame extends Box {
  token: string;
  ref: number;
  scale: number;
  clip: Box;
}

interface Scan {
  token: string;
  viewport: { width: number; height: number };
  scroll: Box;
  elements: ScannedElement[];
  frames: ScannedFrame[];
  ms: number;
  /** The number of slices (tasks) it took. */
  pieces: number;
  truncated: boolean;
}

interface Target extends Partial<Box> {
  ref: number;
  kind: Kind;
  label: string;
  box: Box;
}

interface Where {
  kind: Kind | null;
  label: string;
  ref: number | null;
  heading: string;
  box: Box | null;
  /** The cursor's position in the view, or its last one when its element is gone. */
  point: { x: number; y: number } | null;
  percent: number;
  focused: string;
  gone: boolean;
}

interface ClickResult {
  label: string;
  kind: Kind;
  effect: "clicked" | "navigated" | "opened" | "focused";
  ref: number;
  /** The type of a field. */
  type?: string;
  checked?: boolean;
  /** An address for the extension to open in a new tab: the page's own attempt would be blocked as a pop-up. */
  open?: string;
  /** The choices of a select. */
  options?: Option[];
}

interface RightClickResult {
  handled: boolean;
  label: string;
  kind: Kind;
  ref: number;
  box: Box;
  url?: string;
}

interface Option {
  number: number;
  label: string;
  selected: boolean;
}

interface ListedElement extends Box {
  ref: number;
  /** For a field: its type. */
  kind: string;
  label: string;
  url?: string;
  value?: string;
  disabled?: true;
}

type BlockKind = Kind | "item" | "row";

interface Piece {
  node: Text | null;
  /** Text without a text node, when `node` is null. */
  text: string | null;
  link: Element | null;
  /** The field whose label contains it. */
  label: Element | null;
  blank: boolean;
}

interface Block {
  kind: BlockKind;
  node: Node;
  level: number;
  pieces: Piece[];
  /** Not read by itself, as it is the label of a field. */
  quiet: boolean;
}

interface ReadItem {
  kind: BlockKind;
  level?: number;
  text: string;
  label: string;
  url?: string;
  type?: string;
  value?: string;
  ref: number;
  index: number;
  of: number;
  box: Box | null;
}

interface MediaState {
  ref: number;
  title: string;
  kind: "video" | "audio";
  /** Seconds; null for a stream. */
  duration: number | null;
  position: number;
  playing: boolean;
  muted: boolean;
  volume: number;
  speed: number;
}

interface Slices {
  readonly due: boolean;
  readonly spent: boolean;
  pieces: number;
  rest(): Promise<void>;
}

interface ClipInfo {
  clip: Edges;
  inside: Edges;
  inert: boolean;
  position: string;
  fixed: boolean;
}

interface Clipping {
  readonly view: Edges;
  of(element: Element): ClipInfo;
}

interface End {
  end: true;
}

interface Dom {
  nodeType(node: Node): number;
  localName(element: Element): string;
  parentNode(node: Node): Node | null;
  firstChild(node: Node): Node | null;
  nextSibling(node: Node): Node | null;
  isConnected(node: Node): boolean;
  ownText(text: Node): string;
  rootOf(node: Node): any;
  compare(node: Node, other: Node): number;
  attribute(element: Element, name: string): string | null;
  hasAttribute(element: Element, name: string): boolean;
  box(element: Element): DOMRect;
  boxes(element: Element): DOMRect[];
  clientWidth(element: Element): number;
  clientHeight(element: Element): number;
  clientLeft(element: Element): number;
  clientTop(element: Element): number;
  scrollWidth(element: Element): number;
  scrollHeight(element: Element): number;
  scrollBy(element: Element, options: ScrollToOptions): void;
  scrollIntoView(element: Element, options: ScrollIntoViewOptions): void;
  rendered(element: Element, options?: object): boolean;
  shown(element: Element, options?: object): boolean;
  assignedNodes(slot: Element): Node[];
  query(element: Element, selector: string): Element | null;
  queryAll(element: Element, selector: string): NodeListOf<Element>;
  matches(element: Element, selector: string): boolean;
  dispatch(target: EventTarget, event: Event): boolean;
  focus(element: HTMLElement, options?: FocusOptions): void;
  press(element: HTMLElement): void;
  style(element: Element): CSSStyleDeclaration;
  root(): Element | null;
  body(): Element | null;
  title(): string;
  active(): Element | null;
  scroller(): Element | null;
  all(): HTMLCollectionOf<Element>;
  newRange(): Range;
  hit(x: number, y: number): Element | null;
  isElement(node: Node): node is Element;
  isText(node: Node): node is Text;
  elementOf(node: Node): Element | null;
  parent(node: Node): Element | null;
  holds(outer: Node, inner: Node): boolean;
  shadowOf(element: Element): ShadowRoot | null;
  deepHit(x: number, y: number): Element | null;
}

interface Visitor {
  enter(node: Node, isText: boolean): boolean;
  leave?(): void;
  shadow?(root: ShadowRoot): void;
}

interface Rubato {
  cleanups: Array<() => void>;
  listen(target: EventTarget, type: string, listener: (event: Event) => void, options?: AddEventListenerOptions): void;
  end(): void;
  notify(message: object): void;
  answer(message: { do: string; args?: object }): Promise<{ ok: unknown } | { error: { code: string; message: string } }>;

  dom: Dom;
  now(): number;
  Slices: new (longest?: number) => Slices;
  CommandError: new (code: string, message: string) => Error & { code: string };
  refs: { of(node: Node): number; node(ref: number): Node | null; need(ref: number): Node; readonly size: number };
  kinds: {
    of(element: Element): Kind | "";
    level(element: Element): number;
    fieldType(element: Element): string;
    pressable(kind: string): boolean;
  };
  /** Names of elements whose content is not walked. */
  leaves: Set<string>;
  walk(root: Element, slices: Slices, visitor: Visitor): Promise<boolean>;
  shadowRoots(slices: Slices): Promise<ShadowRoot[]>;
  inside(entry: Entry): Inside;
  watching: {
    start(): void;
    add(root: Document | ShadowRoot): void;
    appearance(): void;
    invalidate(): void;
    readonly version: number;
    onInvalidate(callback: () => void): void;
  };
  tree: { top(): Entry | null; expand(entry: Entry, slices: Slices): Promise<void> };
  Clipping: new () => Clipping;
  intersectEdges(a: Edges, b: Edges): Edges;
  visible: {
    lines(text: Text): Edges[];
    boxes(element: Element): Edges[];
    roughBox(entry: Candidate): Edges | null;
    of(entry: Candidate, clipping: Clipping): Seen | null;
    release(): void;
  };
  frames: { token(): string; describe(element: HTMLIFrameElement, clip: Box): ScannedFrame };
  boxOf(edges: Edges): Box;
  visibleEntries(slices: Slices): Promise<{ found: VisibleEntry[]; view: Edges; truncated: boolean }>;
  scan(): Promise<Scan>;
  labels: {
    clean(text: string, longest?: number): string;
    words(node: Node, longest?: number, most?: number): { text: string; whole: boolean };
    of(node: Node): string;
    role(node: Node): string;
  };
  names(args: { refs: number[] }): Promise<Record<number, { label: string; role: string }>>;
  scrolling: { position(): Box; scrollersOf(from: Element | null): Element[]; reveal(node: Node): boolean };
  scroll(args: { vertical?: number; horizontal?: number; unit?: "step" | "page" }): { x: number; y: number; moved: boolean };
  cursor: {
    node(): Node | null;
    element(): Element | null;
    readonly gone: boolean;
    matches(target: { kind: string; label: string }): boolean;
    set(node: Node): void;
    remember(): void;
    setPoint(x: number, y: number): void;
    point(): { x: number; y: number } | null;
    box(): Box | null;
    clear(): void;
  };
  target(node: Node): { kind: Kind | ""; node: Node; level: number };
  at(point: { x: number; y: number }): Target | null;
  setCursor(args: { ref: number } | { x: number; y: number }): Promise<Where>;
  where(): Promise<Where>;
  acting: { disabled(element: Element): boolean };
  activeElement(): Element | null;
  click(args: { ref?: number; x?: number; y?: number; button?: number }): Promise<ClickResult | RightClickResult>;
  /** Scrolls the click target at the cursor into view; returns it and the point to click. */
  aim(): { kind: Kind; label: string; point: { x: number; y: number } };
  writing: {
    secret(element: Element): boolean;
    options(element: HTMLSelectElement): Option[];
    value(element: Element): string | undefined;
  };
  focus(args: { ref?: number }): { label: string; kind: Kind; type?: string };
  write(args: { text: string; replace?: boolean; submit?: boolean; ref?: number }): { label: string; text: string };
  blocks(slices: Slices): Promise<Block[]>;
  blockText(block: Block, longest?: number): string;
  reading: {
    address(link: Element): string;
    read(args?: { from?: number | null }): Promise<ReadItem | End>;
    next(args?: { back?: boolean; restart?: boolean }): Promise<ReadItem | End>;
    items(): Promise<{ title: string; url: string; language: string; items: object[]; truncated: boolean }>;
  };
  links(args?: { limit?: number }): Promise<ListedElement[]>;
  fields(args?: { limit?: number }): Promise<ListedElement[]>;
  buttons(args?: { limit?: number }): Promise<ListedElement[]>;
  highlighting: { show(name: string, ranges: AbstractRange[]): void; hide(name: string): void };
  fold(text: string): string;
  finding: {
    find(args: {
      text: string;
      quiet?: boolean;
    }): Promise<{ count: number; items: Array<{ ref: number; excerpt: string; y: number }> }>;
    go(args: {
      index: number;
      text?: string;
    }): Promise<{ count: number; index: number; excerpt: string; ref: number; box: Box }>;
    first(): number;
    clear(): void;
  };
  selecting: {
    select(args: { x1: number; y1: number; x2?: number; y2?: number }): Promise<{ text: string }>;
    highlight(args: { x1: number; y1: number; x2?: number; y2?: number }): Promise<{ text: string; boxes: Box[] }>;
    unhighlight(): object;
  };
  media: {
    title(media: HTMLMediaElement): string;
    list(): Promise<MediaState[]>;
    do(args: { ref: number; action: string; value?: number }): Promise<MediaState>;
  };
  watchMedia(root: ShadowRoot): void;
  fnv1a(text: string): string;
  secret(): { on: boolean };
  checkSecret(): void;
  state(): {
    url: string;
    title: string;
    scroll: { x: number; y: number };
    viewport: { width: number; height: number };
    digest: string;
  };
}

declare var rubato: Rubato;
declare var domAccessibilityApi: {
  computeAccessibleName(element: Element): string;
  getRole(element: Element): string | null;
};
declare var navigation: EventTarget | undefined;
interface Scheduler {
  yield(): Promise<void>;
}
declare var scheduler: Scheduler | undefined;
