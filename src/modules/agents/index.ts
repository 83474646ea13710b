// Deployment agents of the operator: which there are (`readAgents`), which are alive and what they say (`AgentService`).
export { agentRoutes } from './agent-routes.ts';
export { AgentService } from './agent-service.ts';
export { checkAgentsFile, readAgents } from './agents-file.ts';
export { PrismaAgentStore } from './prisma-agent-store.ts';
