// What the content scripts share: the object `rubato` of the isolated world, and what it answers.

type Kind = "link" | "image" | "text" | "heading" | "field" | "button" | "media";

/** Edges in pixels of this frame's view; a DOMRect is one. */
interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Pixels of this frame's view. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Something that could be seen: an element with a kind, a frame, a run of text, or ("") only what holds others. */
interface Candidate {
  node: any;
  kind: Kind | "frame" | "";
  /** Of a run of text: its nodes, which no link or button holds; `node` is the first of them. */
  texts: Text[] | null;
}

interface Entry extends Candidate {
  /** Of a heading, 1 to 6; else 0. */
  level: number;
  /** Whether it lies within the lines of a paragraph. */
  inline: boolean;
  /** Whether words in it are its own, or of what holds it. */
  held: boolean;
  /** Whether something may lie in it. */
  opens: boolean;
  /** What lies in it; null while nobody has looked. */
  kids: Entry[] | null;
  shadow: ShadowRoot | null;
}

/** Where a walk is among the children of something: at the next one, or in a list. */
interface Inside {
  next: Node | null;
  list: Node[] | null;
  index: number;
}

interface Seen {
  bounds: Edges;
  /** Its boxes as they show: one a line of a text or of a link that is broken. */
  parts: Edges[];
  /** 0 to 1: how much of it shows. */
  area: number;
  /** 0 to 1: how much of `bounds` its boxes fill. */
  ink: number;
}

interface Sight {
  entry: Entry;
  seen: Seen;
}

interface ScannedElement extends Box {
  ref: number;
  kind: Kind;
  level?: number;
  area: number;
  ink: number;
  /** When there are several. */
  parts?: Box[];
}

/** A frame in view: where its own view lies (x, y, width, height), how large a pixel of it is drawn, what of it shows. */
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
  /** In how many tasks it was done. */
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
  /** Where the cursor is in the view, or was when its element is gone. */
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
  /** Which sort of field. */
  type?: string;
  checked?: boolean;
  /** An address that the extension is to open in a new tab: a page's own attempt would be stopped as a pop-up. */
  open?: string;
  /** Of a list to choose from by writing. */
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
  /** Of a field: which sort of field. */
  kind: string;
  label: string;
  url?: string;
  value?: string;
  disabled?: true;
}

type BlockKind = Kind | "item" | "row";

interface Piece {
  node: Text | null;
  /** Words that no text node holds, when `node` is null. */
  text: string | null;
  link: Element | null;
  /** The field that a label around it names. */
  label: Element | null;
  blank: boolean;
}

interface Block {
  kind: BlockKind;
  node: Node;
  level: number;
  pieces: Piece[];
  /** Not read by itself: it is the name of a field. */
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

interface Around {
  clip: Edges;
  inside: Edges;
  inert: boolean;
  position: string;
  all: boolean;
}

interface Surroundings {
  readonly view: Edges;
  of(element: Element): Around;
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
  endings: Array<() => void>;
  listen(target: EventTarget, type: string, listener: (event: Event) => void, options?: AddEventListenerOptions): void;
  end(): void;
  tell(message: object): void;
  answer(message: { do: string; args?: object }): Promise<{ ok: unknown } | { error: { code: string; message: string } }>;

  dom: Dom;
  now(): number;
  Slices: new (longest?: number) => Slices;
  Refusal: new (code: string, message: string) => Error & { code: string };
  refs: { of(node: Node): number; node(ref: number): Node | null; need(ref: number): Node; readonly size: number };
  kinds: {
    of(element: Element): Kind | "";
    level(element: Element): number;
    fieldType(element: Element): string;
    pressable(kind: string): boolean;
  };
  /** Names of elements that are not gone into. */
  hollow: Set<string>;
  walk(root: Element, slices: Slices, visitor: Visitor): Promise<boolean>;
  shadowRoots(slices: Slices): Promise<ShadowRoot[]>;
  inside(entry: Entry): Inside;
  watching: {
    start(): void;
    add(root: Document | ShadowRoot): void;
    appearance(): void;
    drop(): void;
    readonly version: number;
    onDrop(dropping: () => void): void;
  };
  tree: { top(): Entry | null; expand(entry: Entry, slices: Slices): Promise<void> };
  Surroundings: new () => Surroundings;
  meet(a: Edges, b: Edges): Edges;
  visible: {
    lines(text: Text): Edges[];
    boxes(element: Element): Edges[];
    coarse(entry: Candidate): Edges | null;
    of(entry: Candidate, around: Surroundings): Seen | null;
    rest(): void;
  };
  frames: { token(): string; inside(element: HTMLIFrameElement, clip: Box): ScannedFrame };
  boxOf(edges: Edges): Box;
  look(slices: Slices): Promise<{ found: Sight[]; view: Edges; truncated: boolean }>;
  scan(): Promise<Scan>;
  labels: {
    clean(text: string, longest?: number): string;
    words(node: Node, longest?: number, most?: number): { text: string; whole: boolean };
    of(node: Node): string;
    role(node: Node): string;
  };
  names(args: { refs: number[] }): Promise<Record<number, { label: string; role: string }>>;
  scrolling: { place(): Box; around(from: Element | null): Element[]; show(node: Node): boolean };
  scroll(args: { vertical?: number; horizontal?: number; unit?: "step" | "page" }): { x: number; y: number; moved: boolean };
  cursor: {
    node(): Node | null;
    element(): Element | null;
    readonly gone: boolean;
    was(found: { kind: string; label: string }): boolean;
    set(node: Node): void;
    remember(): void;
    put(x: number, y: number): void;
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
  /** What a press at the cursor would press, brought into view, and where in the view. */
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
    next(args?: { back?: boolean; afresh?: boolean }): Promise<ReadItem | End>;
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
    forget(): void;
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
  hearMedia(root: ShadowRoot): void;
  fnv1a(text: string): string;
  secret(): { on: boolean };
  lookForSecret(): void;
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
