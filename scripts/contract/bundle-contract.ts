import { bundle, createConfig } from '@redocly/openapi-core';
import { type ContractDocument, parseContractDocument } from './contract-document.ts';

/** A contract in one piece. */
export interface ContractBundle {
  document: ContractDocument;
  /** The same, as formatted JSON text. */
  json: string;
}

/**
 * Joins the files of a contract into one document.
 * @param entry path of the OpenAPI file that refers to the others.
 * @throws Error when a reference cannot be resolved.
 */
export async function bundleContract(entry: string): Promise<ContractBundle> {
  const { bundle: bundled, problems } = await bundle({
    ref: entry,
    config: await createConfig({}),
  });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((problem) => problem.message).join('\n'));
  const json = `${JSON.stringify(bundled.parsed, null, 2)}\n`;
  const copy: unknown = JSON.parse(json);
  return { document: parseContractDocument(copy), json };
}
