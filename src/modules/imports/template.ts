import { EntryProblem } from './entry-problem.ts';
import { looksLikeKey } from './secret-text.ts';

/** Who knows the value of a variable: the client's environment, its user when asked, or the client itself. */
export type VariableSource = 'env' | 'input' | 'variable';

/** A variable in a text. */
export interface TemplateVariable {
  kind: 'variable';
  /** Names it for the user, as `env:API_KEY`. */
  name: string;
  source: VariableSource;
  /** What the file gives for the case that there is no value. */
  fallback: string | undefined;
}

/** A piece of a text with variables in it. */
export type TemplatePart = { kind: 'text'; text: string } | TemplateVariable;

/** A text of a configuration file, as it is made of what the client puts in. */
export type Template = readonly TemplatePart[];

/**
 * `${…}` of all clients, and `$NAME` of those that read it as a shell does: only by itself, since in the middle of a word it
 * is more likely a piece of a password, and names are shown.
 */
const VARIABLE = /\$\{([^{}]{1,500})\}|(?<=^|[\s=:/,])\$([A-Z_][A-Z0-9_]{1,127})(?=$|[\s/&,;])/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const ENVIRONMENT = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]{0,127})$/;
/** Of Claude Code, as a shell has it. */
const WITH_FALLBACK = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]{0,127}):-(.*)$/s;
const INPUT = /^input:([\w.\- ]{1,128})$/;
/** Further kinds of VS Code, as `config:editor.name`, `command:…`: to us names, and nothing is looked up or run. */
const OTHER = /^[a-z][A-Za-z]{1,30}:[\w.\-/ ]{1,128}$/;
/** What clients know of themselves, unlike variables of the environment. */
const OWN =
  /^(?:workspaceFolder|workspaceFolderBasename|userHome|pathSeparator|cwd|file[A-Za-z]*)$/;

/** Variables in one text; each may stand for much. */
const MAX_VARIABLES = 40;

/**
 * Finds the variables in a text. What looks like one but has no usable name stays text.
 * @throws EntryProblem where there are more than {@link MAX_VARIABLES}
 */
export function readTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const variable = toVariable(match[1], match[2]);
    if (variable === undefined) continue;
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push(variable);
    end = match.index + match[0].length;
    if (parts.length > 2 * MAX_VARIABLES) throw new EntryProblem('TOO_MANY_SECRETS');
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}

/** A variable of the environment, by its name; where that is none, the token itself, which people put there by mistake. */
export function environmentTemplate(name: string): Template {
  if (!NAME.test(name) || looksLikeKey(name)) return [{ kind: 'text', text: name }];
  return [{ kind: 'variable', name: `env:${name}`, source: 'env', fallback: undefined }];
}

function toVariable(
  braced: string | undefined,
  bare: string | undefined,
): TemplateVariable | undefined {
  if (bare !== undefined) return toNamed('env', bare);
  if (braced === undefined) return undefined;
  const [, withFallback, fallback] = WITH_FALLBACK.exec(braced) ?? [];
  if (withFallback !== undefined) return toNamed('env', withFallback, fallback);
  if (OWN.test(braced)) return toNamed('variable', braced);
  const environment = ENVIRONMENT.exec(braced)?.[1];
  if (environment !== undefined) return toNamed('env', environment);
  const input = INPUT.exec(braced)?.[1];
  if (input !== undefined) return toNamed('input', input);
  return OTHER.test(braced) ? toNamed('variable', braced) : undefined;
}

function toNamed(
  source: VariableSource,
  name: string,
  fallback?: string,
): TemplateVariable | undefined {
  // Names are shown; this would be a token in the place of one.
  if (looksLikeKey(name)) return undefined;
  return { kind: 'variable', name: `${source}:${name}`, source, fallback };
}

/** The variables of a text, in order. */
export function variablesOf(template: Template): TemplateVariable[] {
  return template.filter((part) => part.kind === 'variable');
}

/**
 * Puts values in.
 * @returns undefined where one is missing.
 */
export function fillTemplate(
  template: Template,
  values: ReadonlyMap<string, string>,
): string | undefined {
  let text = '';
  for (const part of template) {
    const piece = part.kind === 'text' ? part.text : (values.get(part.name) ?? part.fallback);
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
}

/** Puts templates in the places of variables that have one. */
export function expandTemplate(
  template: Template,
  replacements: ReadonlyMap<string, Template>,
): Template {
  return template.flatMap((part) =>
    part.kind === 'text' ? [part] : (replacements.get(part.name) ?? [part]),
  );
}
