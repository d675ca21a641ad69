/** What lets pages of other origins read answers (Fetch standard, CORS protocol). */

const METHODS = 'POST, GET, OPTIONS, PUT, DELETE'
/** Those of etcd, for everything that etcd has, too. */
const HEADERS = 'accept, content-type, authorization'
/** What the REST door understands besides, and what it tells. */
const REST_HEADERS = `${HEADERS}, if-match, if-none-match, idempotency-key, last-event-id`
const REST_EXPOSED =
  'etag, quorate-revision, quorate-create-revision, quorate-version, quorate-lease, ' +
  'quorate-store-revision'
const REST_PATHS = '/api'
const NO_FIELDS: readonly string[] = []

/**
 * Name, value, name, value. etcd tells everybody; only a page says where it is from, so that the
 * answers of REST are shorter for everybody else.
 */
export function corsFieldsOf(path: string, origin: string, isOfPage: boolean): readonly string[] {
  const isRest = path.startsWith(REST_PATHS)
  if (isRest && !isOfPage) return NO_FIELDS
  if (origin === '*') return isRest ? REST_FOR_ALL : FOR_ALL
  return [...fieldsOf(origin, isRest), 'Vary', 'Origin']
}

function fieldsOf(origin: string, isRest: boolean): readonly string[] {
  return [
    ...['Access-Control-Allow-Methods', METHODS],
    ...['Access-Control-Allow-Origin', origin],
    ...['Access-Control-Allow-Headers', isRest ? REST_HEADERS : HEADERS],
    ...(isRest ? ['Access-Control-Expose-Headers', REST_EXPOSED] : []),
  ]
}

const FOR_ALL = fieldsOf('*', false)
const REST_FOR_ALL = fieldsOf('*', true)
