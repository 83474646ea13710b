export { OfferingRequestService } from './offering-request-service.ts';
export { OfferingService } from './offering-service.ts';
