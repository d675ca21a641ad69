/** api/native/testing: the native door called within the process, and what must be refused there. */
export { NativeStream, openPipeline, run, setUpNative } from './native-client.ts'
export { bytesOf, operation, putOf, rangeOf, wrapped } from './operations.ts'
