/** api/native/testing: the native door within the process, and what must be refused there. */
export { badOperationFindings } from './bad-operation-findings.ts'
export { BAD_OPERATIONS } from './bad-operations.ts'
export { NativeStream, openPipeline, run, setUpNative } from './native-client.ts'
export { bytesOf, operation, putOf, rangeOf, wrapped } from './operations.ts'
