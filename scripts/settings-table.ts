// Writes the settings of src/config-settings.ts into README.md (between its markers) and .env.example.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { renderEnvExample, replaceSettingsTable } from './settings/settings-documents.ts';

const root = path.resolve(import.meta.dirname, '..');
const readme = path.join(root, 'README.md');
await writeFile(readme, replaceSettingsTable(await readFile(readme, 'utf8')));
await writeFile(path.join(root, '.env.example'), renderEnvExample());
