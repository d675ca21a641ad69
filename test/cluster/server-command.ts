import path from 'node:path'

/**
 * What the tests start: our own `etcd`, unless `SERVER` names another, which shows whether a test
 * asks for what the real one does: `SERVER=etcd npm test -- test/clients`.
 */
export function serverCommand(): readonly string[] {
  const { SERVER = path.join(import.meta.dirname, '../../bin/etcd') } = process.env
  return [SERVER]
}
