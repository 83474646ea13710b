import { parse, TomlError } from 'smol-toml';
import { type ConfigTable, type ConfigValue, FILE_LIMITS } from './config-value.ts';
import { toPlainConfigValue } from './plain-config-value.ts';
import { readJsonConfig } from './read-json-config.ts';
import { unreadableFile } from './unreadable-file.ts';

const BYTE_ORDER_MARK = '\ufeff';
/** What UTF-16 and files that are no text look like, read as UTF-8. */
const NO_TEXT = /^\ufffd|\0/;
/** TOML never begins like that. */
const BEGINS_LIKE_JSON = /^\s*(?:\{|\/\/|\/\*)/;

/**
 * Reads a configuration file: JSON, with or without comments, or TOML, whichever it is.
 * @param content its text, or what a JSON file says.
 * @throws AppError `IMPORT_UNREADABLE`
 */
export function readConfig(content: string | object): ConfigTable {
  const root = typeof content === 'string' ? readText(content) : toPlainConfigValue(content);
  if (root.kind !== 'table') throw unreadableFile('NO_SERVERS', root.place);
  return root;
}

function readText(content: string): ConfigValue {
  const text = content.startsWith(BYTE_ORDER_MARK) ? content.slice(1) : content;
  if (NO_TEXT.test(text)) throw unreadableFile('NOT_TEXT');
  if (text.trim() === '') throw unreadableFile('EMPTY');
  return BEGINS_LIKE_JSON.test(text) ? readJsonConfig(text) : readToml(text);
}

function readToml(text: string): ConfigValue {
  let value: object;
  try {
    value = parse(text, { integersAsBigInt: 'asNeeded', maxDepth: FILE_LIMITS.depth });
  } catch (error) {
    // Its message quotes the file.
    if (!(error instanceof TomlError)) throw error;
    throw unreadableFile('TOML_INVALID', { line: error.line, column: error.column });
  }
  return toPlainConfigValue(value);
}
