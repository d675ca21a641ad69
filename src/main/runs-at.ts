/** Whether a node answers at a port of this machine, whoever has started it. */

import { get } from 'node:http'

const ASK_MS_MAX = 1000
const OK = 200
const NOBODY_LISTENS = 'ECONNREFUSED'

/**
 * Also while there is no majority: what a node knows by itself is enough. Null when nothing can be
 * said: it begins, or is too busy to answer.
 */
export function runsAt(port: number): Promise<boolean | null> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/livez', timeout: ASK_MS_MAX }
    const request = get(options, (response) => {
      response.resume()
      resolve(response.statusCode === OK ? true : null)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', (error) => {
      resolve('code' in error && error.code === NOBODY_LISTENS ? false : null)
    })
  })
}
