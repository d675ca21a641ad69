/**
 * json: messages of any type as JSON and back, the way the gateway of etcd does (proto3's JSON with
 * the names of the description). Between bytes and bytes: no object is made of what a client sends.
 */
export { decodeJson } from './decode-json.ts'
export { encodeJson } from './encode-json.ts'
export { JsonOutput } from './json-output.ts'
export { JsonStream } from './json-stream.ts'
