import { STATUS, type StatusCode } from '../../rpc/index.ts'

/**
 * The status of HTTP for one of gRPC: that of etcd 3.4. Later ones answer 400 instead of 412, which
 * clients of the gateway tell apart from a request that makes no sense.
 */
const HTTP_STATUSES: Readonly<Record<StatusCode, number>> = {
  [STATUS.OK]: 200,
  [STATUS.CANCELLED]: 408,
  [STATUS.UNKNOWN]: 500,
  [STATUS.INVALID_ARGUMENT]: 400,
  [STATUS.DEADLINE_EXCEEDED]: 504,
  [STATUS.NOT_FOUND]: 404,
  [STATUS.ALREADY_EXISTS]: 409,
  [STATUS.PERMISSION_DENIED]: 403,
  [STATUS.RESOURCE_EXHAUSTED]: 429,
  [STATUS.FAILED_PRECONDITION]: 412,
  [STATUS.ABORTED]: 409,
  [STATUS.OUT_OF_RANGE]: 400,
  [STATUS.UNIMPLEMENTED]: 501,
  [STATUS.INTERNAL]: 500,
  [STATUS.UNAVAILABLE]: 503,
  [STATUS.DATA_LOSS]: 500,
  [STATUS.UNAUTHENTICATED]: 401,
}

export function httpStatusOf(code: StatusCode): number {
  return HTTP_STATUSES[code]
}
