/**
 * etcd's Auth service while authentication is off and there are no users or roles: what asks for
 * one does not find it, what lists them lists none, and what would make one is refused.
 */

import type { Method } from '../../rpc/index.ts'
import { etcd, type MethodDescription } from '../../wire/index.ts'
import { fail } from './answer.ts'
import { type Door, decoding } from './door.ts'
import { ETCD_ERRORS, type EtcdError } from './errors.ts'

const auth = etcd.Auth.methods
const { userNotFound, roleNotFound, authNotEnabled } = ETCD_ERRORS

/** Of a store of users that was never changed. */
const AUTH_REVISION = 1

export function authMethods(door: Door): Method[] {
  return [
    refusing(door, auth.authEnable, () => ETCD_ERRORS.rootUserNotFound),
    refusing(door, auth.authenticate, () => authNotEnabled),
    refusing(door, auth.userAdd, ({ name }) =>
      name === '' ? ETCD_ERRORS.userEmpty : authNotEnabled,
    ),
    refusing(door, auth.userGet, () => userNotFound),
    refusing(door, auth.userDelete, () => userNotFound),
    refusing(door, auth.userChangePassword, () => userNotFound),
    refusing(door, auth.userGrantRole, () => userNotFound),
    refusing(door, auth.userRevokeRole, () => userNotFound),
    refusing(door, auth.roleAdd, ({ name }) =>
      name === '' ? ETCD_ERRORS.roleEmpty : authNotEnabled,
    ),
    refusing(door, auth.roleGet, () => roleNotFound),
    refusing(door, auth.roleDelete, () => roleNotFound),
    refusing(door, auth.roleGrantPermission, ({ perm }) =>
      perm === null ? ETCD_ERRORS.permissionNotGiven : roleNotFound,
    ),
    refusing(door, auth.roleRevokePermission, () => roleNotFound),
    answering(door, auth.authDisable, (header) => ({ header })),
    answering(door, auth.authStatus, (header) => ({
      header,
      enabled: false,
      authRevision: AUTH_REVISION,
    })),
    answering(door, auth.userList, (header) => ({ header, users: [] })),
    answering(door, auth.roleList, (header) => ({ header, roles: [] })),
  ]
}

function refusing<Request>(
  door: Door,
  method: Pick<MethodDescription<Request, unknown>, 'path' | 'request'>,
  errorOf: (request: Request) => EtcdError,
): Method {
  return decoding(door, method, (call, request) => fail(call, errorOf(request)))
}

function answering<Request, Response>(
  door: Door,
  method: Pick<MethodDescription<Request, Response>, 'path' | 'request' | 'response'>,
  answer: (header: etcd.ResponseHeader) => Response,
): Method {
  const { node, answers } = door
  return decoding(door, method, (call) => {
    const header = answers.header(node.defaultGroup, node.revision(node.defaultGroup))
    call.answerWith(method.response, answer(header))
  })
}
