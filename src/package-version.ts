import { readFileSync } from 'node:fs';

/** The version in this package's `package.json`, for those we introduce ourselves to. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const content: unknown = JSON.parse(text);
  const isObject = typeof content === 'object' && content !== null;
  const version = isObject && 'version' in content ? content.version : undefined;
  return typeof version === 'string' ? version : '0.0.0';
}
