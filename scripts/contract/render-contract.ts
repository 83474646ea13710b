import type { ContractDocument, JsonSchema } from './contract-document.ts';
import { renderOperations } from './render-operations.ts';
import { referencedComponent } from './schema-keywords.ts';
import { schemaToType } from './schema-to-type.ts';
import { schemaToTypeBox } from './schema-to-typebox.ts';

const HEADER = [
  '// Generated from openapi/*.yaml by `npm run contract:generate`. Do not edit.',
  "import { type Static, Type } from '@sinclair/typebox';",
  '',
  '',
].join('\n');

/**
 * The TypeScript module of a contract: a TypeBox schema and a type for each component, `components` with all of
 * them, and the `operations` table.
 * @throws Error on anything the service would not enforce exactly as written.
 */
export function renderContract(document: ContractDocument): string {
  const schemas = document.components?.schemas ?? {};
  const names = Object.keys(schemas).sort();
  const components = names.map((name) => renderComponent(name, schemas));
  return [
    HEADER,
    components.join('\n'),
    '\n/** Every shared schema, for the `addSchema` of AJV and Fastify. */\n',
    `export const components = [${names.join(', ')}] as const;\n\n`,
    '/** Every operation of the contract. */\n',
    renderOperations(document),
  ].join('');
}

/** The module that carries the bundled document itself, so that no build step has to copy a JSON file. */
export function renderContractDocument(json: string): string {
  return [
    '// Generated from openapi/*.yaml by `npm run contract:generate`. Do not edit.',
    '',
    '/** The contract as one OpenAPI 3.1 document, as `/openapi.json` serves it. */',
    `export const contractDocument: Readonly<Record<string, unknown>> = ${json.trimEnd()};`,
    '',
  ].join('\n');
}

function renderComponent(name: string, schemas: Readonly<Record<string, JsonSchema>>): string {
  const at = `#/components/schemas/${name}`;
  if (!/^[A-Z]\w*$/.test(name)) throw new Error(`${at}: the name must be in PascalCase`);
  const schema = schemas[name];
  if (schema === undefined || typeof schema === 'boolean' || schema.$ref !== undefined) {
    throw new Error(`${at}: a component must be a schema of its own`);
  }
  const expression = schemaToTypeBox(schema, at);
  // TypeBox cannot infer a type that refers to itself.
  const recursive = reaches(name, name, schemas, new Set());
  const type = recursive ? schemaToType(schema, at) : `Static<typeof ${name}>`;
  const value = recursive ? `Type.Unsafe<${name}>(${expression})` : expression;
  return [
    ...comment(schema.description),
    `export const ${name} = Object.assign(${value}, { $id: ${JSON.stringify(name)} });`,
    `export type ${name} = ${type};`,
    '',
  ].join('\n');
}

function comment(description: string | undefined): string[] {
  if (description === undefined) return [];
  const lines = description.trim().replaceAll('*/', '* /').split('\n');
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'];
}

function reaches(
  from: string,
  target: string,
  schemas: Readonly<Record<string, JsonSchema>>,
  seen: Set<string>,
): boolean {
  seen.add(from);
  return referencesIn(schemas[from], from).some(
    (name) => name === target || (!seen.has(name) && reaches(name, target, schemas, seen)),
  );
}

function referencesIn(node: unknown, at: string): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string'
      ? [referencedComponent(value, at)]
      : referencesIn(value, at),
  );
}
