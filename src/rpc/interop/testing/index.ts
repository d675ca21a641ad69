/** What the tests of services and of interoperability share. For tests only. */
export { createIdentity } from './certificates.ts'
export {
  bidirectional,
  clientStream,
  EchoService,
  HOLD_PATH,
  serverStream,
  unary,
} from './echo-service.ts'
export { EtcdStore } from './etcd-store.ts'
export { type GrpcJsServer, grpcJsClient, METHODS, serveGrpcJs } from './grpc-js.ts'
export {
  connectNode,
  exchange,
  framed,
  GRPC_HEAD,
  serveNode,
  unframed,
} from './node-http2.ts'
export { HOST, type OpenOptions, type OwnServer, open, serve, until } from './own.ts'
export { callStream, callUnary, echoRequest, type OwnCall, writeAll } from './own-calls.ts'
export { installPrograms, type Outcome, program, type Run } from './programs.ts'
