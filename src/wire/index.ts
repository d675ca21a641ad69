/**
 * wire: the formats of the doors, bytes to plain objects and back.
 *
 * Invariants: whatever the bytes are, decoding ends with a value or with `BAD_REQUEST`, reads
 * nothing outside the range it was given, and makes no more than its limits allow; what was encoded
 * has exactly the length that was announced.
 *
 * Services and messages are described once, in `proto/`; the files in `generated/` are made from
 * there by `npm run generate`. Why there is no protobuf library: docs/decision/0041-protobuf.md.
 */
export { type Codec, MessageCodec, type MessageParts } from './codec.ts'
export {
  descriptorBytes,
  type FileDescription,
  type MethodDescription,
  type ServiceDescription,
} from './description.ts'
export * as etcdAuth from './generated/etcd-auth.ts'
export * as etcdKv from './generated/etcd-kv.ts'
export * as etcd from './generated/etcd-rpc.ts'
export * as etcdElection from './generated/etcd-v3election.ts'
export * as etcdLock from './generated/etcd-v3lock.ts'
export * as health from './generated/grpc-health-v1-health.ts'
export * as reflection from './generated/grpc-reflection-v1-reflection.ts'
export * as reflectionAlpha from './generated/grpc-reflection-v1alpha-reflection.ts'
export * as echo from './generated/quorate-echo-v1-echo.ts'
export * as state from './generated/quorate-state-v1-state.ts'
export * as native from './generated/quorate-v1-kv.ts'
export { decodeJson, encodeJson, JsonOutput, JsonStream } from './json/index.ts'
export { WireReader } from './reader.ts'
export { type FieldSchema, type FieldType, MessageSchema, Schemas } from './schema.ts'
export { decodeUtf8, encodeUtf8, utf8Length } from './utf8.ts'
export {
  delimitedLength,
  int64Length,
  numberLength,
  uint32Length,
  writeInt64,
  writeNumber,
  writeUint32,
} from './writer.ts'
