import {
  Alias,
  type Document,
  isCollection,
  isNode,
  isPair,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';

/** A place in a YAML text. */
export interface YamlPosition {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

/** Something that is wrong with a file. Its message never quotes a value. */
export interface FileProblem extends YamlPosition {
  /** JSON pointer; empty for the document. */
  pointer: string;
  message: string;
}

/** The value of a YAML text, and where its parts stand in it. */
export interface YamlDocument {
  value: unknown;
  /** Of what is at the path, or of the nearest thing around it. For a key of a mapping, that of the key. */
  positionOf(path: readonly (string | number)[]): YamlPosition;
}

/** Characters of a file. */
const MAX_CHARACTERS = 256 * 1024;
/** Tags that say what is plain anyway. */
const PLAIN_TAGS = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`),
);
/** Collections within each other. */
const MAX_DEPTH = 20;

/**
 * Reads one YAML document of plain values: mappings, sequences, strings, numbers, booleans and null. Refuses what such a document does
 * not need and an attacker would use: anchors and aliases, tags, a key that is given twice, more than 256 KiB, more than 20 levels.
 */
export function readYaml(text: string): YamlDocument | FileProblem[] {
  const start = { line: 1, column: 1, pointer: '' };
  if (text.length > MAX_CHARACTERS) return [{ ...start, message: 'is larger than 256 KiB' }];
  // The parser calls itself for each level.
  if (flowDepth(text) > MAX_DEPTH) return [{ ...start, message: 'is nested too deeply' }];
  const lines = new LineCounter();
  const positionAt = (offset: number): YamlPosition => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parse(text, lines);
  if (document === undefined) return [{ ...start, message: 'is nested too deeply' }];
  const [error] = document.errors;
  if (error !== undefined) {
    return [
      { ...positionAt(error.pos[0]), pointer: '', message: `is not valid YAML (${error.code})` },
    ];
  }
  const problems = findForbidden(document, positionAt);
  if (problems.length > 0) return problems;
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  return { value, positionOf: (path) => positionAt(offsetOf(document, path)) };
}

/** A path as a JSON pointer (RFC 6901). */
export function pointerOf(path: readonly (string | number)[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** At most so deep are flow collections nested; brackets in texts count as well. */
function flowDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** @returns undefined where the parser ran out of stack */
function parse(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    return parseDocument(text, { lineCounter, schema: 'core', uniqueKeys: true, strict: true });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function findForbidden(
  document: Document,
  positionAt: (offset: number) => YamlPosition,
): FileProblem[] {
  const problems: FileProblem[] = [];
  visit(document, (_key, node, path) => {
    if (!isNode(node)) return undefined;
    const refuse = (message: string) => {
      problems.push({ ...positionAt(node.range?.[0] ?? 0), pointer: '', message });
      return visit.BREAK;
    };
    if (node instanceof Alias) return refuse('has an alias: write the value again instead');
    if ('anchor' in node && node.anchor !== undefined) return refuse('has an anchor');
    if (node.tag !== undefined && !PLAIN_TAGS.has(node.tag)) return refuse('has a tag');
    if (path.length > MAX_DEPTH * 2) return refuse('is nested too deeply');
    return undefined;
  });
  return problems;
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const part of path) {
    if (!isCollection(node)) break;
    const pair = node.items.find((item) => isPair(item) && keyOf(item.key) === String(part));
    const next: unknown = isPair(pair) ? pair.value : node.get(part, true);
    const place: unknown = isPair(pair) ? pair.key : next;
    if (!isNode(place)) break;
    offset = place.range?.[0] ?? offset;
    node = next;
  }
  return offset;
}

function keyOf(key: unknown): string {
  return isNode(key) && 'value' in key ? String(key.value) : '';
}
