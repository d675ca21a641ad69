/** Of no message at all. */

import { etcd, etcdElection, etcdLock } from '../../../../wire/index.ts'
import type { BadInput } from './model.ts'

/** What is no message at all; every method is sent some. */
const MALFORMED: readonly [string, readonly number[]][] = [
  ['a number that is cut off', [0x80]],
  ['bytes that are cut off', [0x0a, 0x05, 0x61]],
  ['a field with the number 0', [0x00, 0x00]],
  ['a wire type that is none', [0x0f]],
  ['the end of a group that has not begun', [0x7c]],
]

export function malformed(): BadInput[] {
  const services = [
    etcd.KV,
    etcd.Watch,
    etcd.Lease,
    etcd.Cluster,
    etcd.Maintenance,
    etcd.Auth,
    etcdLock.Lock,
    etcdElection.Election,
  ]
  const methods = services.flatMap((service) => Object.values(service.methods))
  return methods.flatMap((method) =>
    MALFORMED.map(([what, bytes]) => ({
      what: `${method.name}: ${what}`,
      path: method.path,
      bytes: Uint8Array.from(bytes),
      stream: method.requestStream || method.responseStream,
      outcome: 'INTERNAL grpc: error unmarshalling request',
      isPrefix: true,
      unlike: 'the texts of its decoder change from version to version',
    })),
  )
}
