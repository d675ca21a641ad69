/** api/rest/testing: the REST door alone, a reader of watches, and what must be refused. */
export { BAD_REQUESTS, type BadRequest, prepareForBadRequests } from './bad-requests.ts'
export { EventReader, type Message } from './event-reader.ts'
export { openRest } from './open-rest.ts'
