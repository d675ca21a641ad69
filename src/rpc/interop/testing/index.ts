/** What the tests of services and of interoperability share. For tests only. */
export {
  bidirectional,
  clientStream,
  EchoService,
  HOLD_PATH,
  serverStream,
  unary,
} from './echo-service.ts'
export { type GrpcJsServer, grpcJsClient, METHODS, serveGrpcJs } from './grpc-js.ts'
export { HOST, type OpenOptions, type OwnServer, open, serve, until } from './own.ts'
export { callStream, callUnary, echoRequest, type OwnCall, writeAll } from './own-calls.ts'
