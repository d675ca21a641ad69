/** api/rest/testing: the REST door alone, a reader of watches, and what must be refused. */
export { badRequestFindings } from './bad-request-findings.ts'
export { EventReader, type Message } from './event-reader.ts'
export { openRest } from './open-rest.ts'
