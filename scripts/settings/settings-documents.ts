import { describeSettings } from '../../src/config-settings.ts';

const START = '<!-- settings:start -->';
const END = '<!-- settings:end -->';

/** The README's table of settings, in Markdown. */
function renderSettingsTable(): string {
  const rows = describeSettings().map(
    ({ name, description, default: value }) =>
      `| \`${name}\` | ${value === undefined || value === '' ? '' : `\`${value}\``} | ${description} |`,
  );
  return ['| Setting | Default | Meaning |', '|---|---|---|', ...rows].join('\n');
}

/** The text of `.env.example`. */
export function renderEnvExample(): string {
  const entries = describeSettings().map(
    ({ name, description, default: value }) =>
      `# ${description.replaceAll('`', '')}\n#${name}=${value ?? ''}`,
  );
  return [
    '# The settings of the service, with their defaults. An empty variable counts as not set.\n' +
      '# For development `npm run token` and the quickstart generate the secrets themselves.',
    ...entries,
  ]
    .join('\n\n')
    .concat('\n');
}

/**
 * The README with a fresh table of settings.
 * @throws Error where the markers are missing.
 */
export function replaceSettingsTable(readme: string): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start === -1 || end < start) throw new Error(`README.md needs ${START} and ${END}`);
  return `${readme.slice(0, start + START.length)}\n${renderSettingsTable()}\n${readme.slice(end)}`;
}
