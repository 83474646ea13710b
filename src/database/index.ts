export { ConstraintViolation } from './constraint-violation.ts';
export { Database, type DatabaseOptions, type DatabaseTransaction } from './database.ts';
export { DatabaseUnavailable } from './database-unavailable.ts';
export { describeSchemaState, type SchemaState } from './schema-state.ts';
