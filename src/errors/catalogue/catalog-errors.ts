import type { ErrorCode } from '../error-codes.ts';
import type { ErrorExplanation } from './error-explanation.ts';

/** Errors of the catalog of known servers. */
export const CATALOG_ERRORS = {
  CATALOG_ENTRY_NOT_FOUND: {
    retryable: false,
    cause: [
      'The catalog has no entry with this key, nor with this former key; or the entry is offered to others: to users and not to projects, or the other way round.',
    ],
    shown: 'There is no such server in the catalog. Read the catalog again.',
    user: ['Read the catalog again, and use a key from there.'],
    operator: ['Look for the key in the file of `CATALOG_FILE`. It is read at the start.'],
  },
  CATALOG_ENTRY_CLOSED: {
    retryable: false,
    cause: [
      'The entry needs a feature that the operator has not opened. Its server may not exist yet.',
    ],
    shown: 'This server is not open here yet. Whoever runs the service decides about it.',
    user: ['Ask whoever runs the service.'],
    operator: ['Name the feature in `CATALOG_GATES` once its server is there.'],
  },
  CATALOG_ENTRY_NOT_ENABLED: {
    retryable: false,
    cause: ['The server is not switched on here: it never was, or somebody took it away.'],
    shown: 'This server is not switched on here. Switch it on first.',
    user: ['Switch it on, where an admin may. Taking away what is not there is no error.'],
    operator: ['Nothing: admins of projects decide.'],
  },
  SETTINGS_INVALID: {
    retryable: false,
    cause: [
      'A setting that the entry requires is missing, has another type or another value than those it may have, or is none of the entry.',
    ],
    shown: 'The settings do not fit this server. Correct the fields that are listed in errors.',
    user: [
      'Go through `errors`: each item points at a setting and says what is wrong with it. The entry tells which settings it has.',
      'A setting that is not sent stays as it is; null takes it away.',
    ],
    operator: ['Where the settings themselves are wrong, change the entry: see `CATALOG_FILE`.'],
  },
  DEPLOYMENT_REQUIRED: {
    retryable: false,
    cause: [
      'The server of this entry is brought up for each project, and is not up for this one, or runs with other settings.',
    ],
    shown:
      'The server of this entry is not running here yet. It has to be deployed before it can be switched on.',
    user: [
      'Deploy it with `POST /api/deployments` and these settings, wait until it runs, and switch it on then.',
    ],
    operator: [
      'With `AUTO_PROVISION` switching on an entry deploys its server.',
      'Where the server runs already, say so in the file of `CATALOG_FILE`: `url`, and `run_on` with `static`.',
    ],
  },
} satisfies Partial<Record<ErrorCode, ErrorExplanation>>;
