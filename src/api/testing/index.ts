/** api/testing: the doors on a real port, and what must be refused there, on any server. */
export { badOperationFindings } from '../native/testing/index.ts'
export { badRequestFindings, EventReader } from '../rest/testing/index.ts'
export { type BadInputCounts, badInputFindings, realEtcdFindings } from './bad-input-findings.ts'
export { type HttpAnswer, HttpClient } from './http-client.ts'
export { openDoors } from './open-doors.ts'
