/** Which path of the gateway is which method. The paths are etcd's, and are for ever. */

import type { Method } from '../../rpc/index.ts'
import { etcd, etcdElection, etcdLock, type MessageSchema, Schemas } from '../../wire/index.ts'

const kv = etcd.KV.methods
const lease = etcd.Lease.methods
const cluster = etcd.Cluster.methods
const maintenance = etcd.Maintenance.methods
const auth = etcd.Auth.methods
const lock = etcdLock.Lock.methods
const election = etcdElection.Election.methods

/** Behind the version. */
const PATHS: Readonly<Record<string, Described>> = {
  '/kv/range': kv.range,
  '/kv/put': kv.put,
  '/kv/deleterange': kv.deleteRange,
  '/kv/txn': kv.txn,
  '/kv/compaction': kv.compact,
  '/watch': etcd.Watch.methods.watch,
  '/lease/grant': lease.leaseGrant,
  '/lease/revoke': lease.leaseRevoke,
  '/kv/lease/revoke': lease.leaseRevoke,
  '/lease/keepalive': lease.leaseKeepAlive,
  '/lease/timetolive': lease.leaseTimeToLive,
  '/kv/lease/timetolive': lease.leaseTimeToLive,
  '/lease/leases': lease.leaseLeases,
  '/kv/lease/leases': lease.leaseLeases,
  '/cluster/member/add': cluster.memberAdd,
  '/cluster/member/remove': cluster.memberRemove,
  '/cluster/member/update': cluster.memberUpdate,
  '/cluster/member/list': cluster.memberList,
  '/cluster/member/promote': cluster.memberPromote,
  '/maintenance/alarm': maintenance.alarm,
  '/maintenance/status': maintenance.status,
  '/maintenance/defragment': maintenance.defragment,
  '/maintenance/hash': maintenance.hash,
  '/maintenance/hashkv': maintenance.hashKV,
  '/maintenance/snapshot': maintenance.snapshot,
  '/maintenance/transfer-leadership': maintenance.moveLeader,
  '/maintenance/downgrade': maintenance.downgrade,
  '/auth/enable': auth.authEnable,
  '/auth/disable': auth.authDisable,
  '/auth/status': auth.authStatus,
  '/auth/authenticate': auth.authenticate,
  '/auth/user/add': auth.userAdd,
  '/auth/user/get': auth.userGet,
  '/auth/user/list': auth.userList,
  '/auth/user/delete': auth.userDelete,
  '/auth/user/changepw': auth.userChangePassword,
  '/auth/user/grant': auth.userGrantRole,
  '/auth/user/revoke': auth.userRevokeRole,
  '/auth/role/add': auth.roleAdd,
  '/auth/role/get': auth.roleGet,
  '/auth/role/list': auth.roleList,
  '/auth/role/delete': auth.roleDelete,
  '/auth/role/grant': auth.roleGrantPermission,
  '/auth/role/revoke': auth.roleRevokePermission,
  '/lock/lock': lock.lock,
  '/lock/unlock': lock.unlock,
  '/election/campaign': election.campaign,
  '/election/proclaim': election.proclaim,
  '/election/leader': election.leader,
  '/election/observe': election.observe,
  '/election/resign': election.resign,
}

/** What a generated service says of a method. */
interface Described {
  readonly path: string
  readonly request: { readonly name: string }
  readonly response: { readonly name: string }
  readonly requestStream: boolean
  readonly responseStream: boolean
}

/**
 * `/v3` is the one in use; the others are those of clients that were written before it was final.
 */
const PREFIX = /^\/(v3|v3beta|v3alpha)(?=\/|$)/

export interface Route {
  readonly path: string
  /** Null: this server does not offer it. */
  readonly method: Method | null
  readonly request: MessageSchema
  readonly response: MessageSchema
  readonly requestStream: boolean
  readonly responseStream: boolean
}

export class Routes {
  readonly #byPath = new Map<string, Route>()

  constructor(methods: readonly Method[]) {
    const offered = new Map(methods.map((method) => [method.path, method]))
    const schemas = new Schemas([etcd.RPC_FILE, etcdLock.V3LOCK_FILE, etcdElection.V3ELECTION_FILE])
    for (const [path, described] of Object.entries(PATHS)) {
      this.#byPath.set(path, {
        path,
        method: offered.get(described.path) ?? null,
        request: schemas.message(described.request.name),
        response: schemas.message(described.response.name),
        requestStream: described.requestStream,
        responseStream: described.responseStream,
      })
    }
  }

  /** All of them, under the version in use. */
  get paths(): readonly string[] {
    return [...this.#byPath.keys()].map((path) => `/v3${path}`)
  }

  /** The first one of a method of gRPC; null: it has none. */
  pathOf(methodPath: string): string | null {
    const found = Object.entries(PATHS).find(([, { path }]) => path === methodPath)
    return found === undefined ? null : `/v3${found[0]}`
  }

  /** Undefined: the path is none of the gateway. Null: it is, and there is nothing there. */
  find(path: string): Route | null | undefined {
    const prefix = PREFIX.exec(path)
    if (prefix === null) return undefined
    return this.#byPath.get(path.slice(prefix[0].length)) ?? null
  }
}
