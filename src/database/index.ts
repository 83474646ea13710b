export type { RecordChange, RecordedChange } from './audit-rows.ts';
export { pseudonymizeAuditRecords, showAuditRecords } from './audit-rows.ts';
export { CHANGE_CHANNEL, type Change, ChangeFeed, DEPLOYMENT_CHANNEL } from './change-feed.ts';
export { connectionConfig } from './connection-config.ts';
export { ConstraintViolation } from './constraint-violation.ts';
export {
  APP_ROLE,
  Database,
  type DatabaseTransaction,
  showAllMembers,
  WORKER_ROLE,
} from './database.ts';
export { DatabaseUnavailable } from './database-unavailable.ts';
export {
  type AnnouncedEvent,
  EVENT_CHANNEL,
  eraseEvents,
  readEventAnnouncement,
} from './event-announcements.ts';
export { hasJobsSchema, JOBS_SCHEMA, scheduleJob } from './jobs-schema.ts';
export { LegacyServers } from './legacy-servers.ts';
export { NotificationListener } from './notification-listener.ts';
export { registerPoolMetrics } from './pool-metrics.ts';
export { describeSchemaState } from './schema-state.ts';
export {
  type AnnouncedClosing,
  announceClosing,
  CLOSING_CHANNEL,
  readClosing,
} from './session-closings.ts';
