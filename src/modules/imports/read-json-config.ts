import {
  createScanner,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { type ConfigValue, FILE_LIMITS, type Place } from './config-value.ts';
import { TextPlaces } from './text-places.ts';
import { type UnreadableReason, unreadableFile } from './unreadable-file.ts';

const REASONS: Readonly<Record<string, UnreadableReason>> = {
  InvalidSymbol: 'SYMBOL_INVALID',
  InvalidNumberFormat: 'NUMBER_INVALID',
  UnexpectedEndOfNumber: 'NUMBER_INVALID',
  PropertyNameExpected: 'NAME_EXPECTED',
  ValueExpected: 'VALUE_EXPECTED',
  ColonExpected: 'COLON_EXPECTED',
  CommaExpected: 'COMMA_EXPECTED',
  CloseBraceExpected: 'CLOSING_EXPECTED',
  CloseBracketExpected: 'CLOSING_EXPECTED',
  EndOfFileExpected: 'END_EXPECTED',
  UnexpectedEndOfComment: 'COMMENT_UNENDED',
  UnexpectedEndOfString: 'TEXT_UNENDED',
  InvalidUnicode: 'ESCAPE_INVALID',
  InvalidEscapeCharacter: 'ESCAPE_INVALID',
  InvalidCharacter: 'CHARACTER_INVALID',
};

/** Brackets, with the one that closes each. */
const BRACKETS: ReadonlyMap<string, string> = new Map([
  ['{', '}'],
  ['[', ']'],
]);
const CLOSING: ReadonlySet<string> = new Set(BRACKETS.values());

/**
 * Reads JSON with comments and trailing commas, as VS Code writes it.
 * @throws AppError `IMPORT_UNREADABLE`
 */
export function readJsonConfig(text: string): ConfigValue {
  const places = new TextPlaces(text);
  refuseTooMuch(text, places);
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const reason = REASONS[printParseErrorCode(first.error)] ?? 'SYMBOL_INVALID';
    throw unreadableFile(reason, places.at(first.offset));
  }
  if (root === undefined) throw unreadableFile('EMPTY');
  return toConfigValue(root, places.at(root.offset), places);
}

/**
 * Goes through the tokens first, without recursion: the parser would run out of stack where the text is deep. Brackets have to match, since
 * the parser would pass over others, and so be deeper than was counted.
 */
function refuseTooMuch(text: string, places: TextPlaces): void {
  const scanner = createScanner(text, true);
  const open: string[] = [];
  // A member has a name, a colon, a value and a comma.
  for (let left = FILE_LIMITS.values * 4; left >= 0; left -= 1) {
    scanner.scan();
    const offset = scanner.getTokenOffset();
    if (offset >= text.length) return;
    const token = scanner.getTokenLength() === 1 ? text.charAt(offset) : '';
    const reason = follow(token, open);
    if (reason !== undefined) throw unreadableFile(reason, places.at(offset));
  }
  throw unreadableFile('TOO_MANY_VALUES');
}

/** @param open the brackets that are to come, the next one last. */
function follow(token: string, open: string[]): UnreadableReason | undefined {
  const closing = BRACKETS.get(token);
  if (closing !== undefined) return open.push(closing) > FILE_LIMITS.depth ? 'TOO_DEEP' : undefined;
  if (!CLOSING.has(token)) return undefined;
  const expected = open.pop();
  if (expected === undefined) return 'END_EXPECTED';
  return expected === token ? undefined : 'CLOSING_EXPECTED';
}

function toConfigValue(node: Node, place: Place, places: TextPlaces): ConfigValue {
  if (node.type === 'object') return toTable(node.children ?? [], place, places);
  if (node.type !== 'array') return toScalar(node.value, place);
  const items = (node.children ?? []).map((item) =>
    toConfigValue(item, places.at(item.offset), places),
  );
  return { kind: 'list', place, items };
}

function toScalar(value: unknown, place: Place): ConfigValue {
  if (typeof value === 'string') return { kind: 'text', place, text: value };
  if (typeof value === 'number') return { kind: 'number', place, number: value };
  if (typeof value === 'boolean') return { kind: 'boolean', place, boolean: value };
  return { kind: value === null ? 'null' : 'other', place };
}

function toTable(properties: readonly Node[], place: Place, places: TextPlaces): ConfigValue {
  const members = new Map<string, ConfigValue>();
  const repeated = new Map<string, Place>();
  for (const property of properties) {
    const [name, value] = property.children ?? [];
    if (typeof name?.value !== 'string' || value === undefined) continue;
    const at = places.at(property.offset);
    if (members.has(name.value) && !repeated.has(name.value)) repeated.set(name.value, at);
    members.set(name.value, toConfigValue(value, at, places));
  }
  return { kind: 'table', place, members, repeated };
}
