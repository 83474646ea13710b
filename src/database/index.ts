export { ConstraintViolation } from './constraint-violation.ts';
export { Database, type DatabaseTransaction } from './database.ts';
export { DatabaseUnavailable } from './database-unavailable.ts';
export { describeSchemaState } from './schema-state.ts';
