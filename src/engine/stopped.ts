import { KvError } from '../base/index.ts'

/** What whoever is still at work hears when the engine is closed. */
export function stopped(): KvError {
  return new KvError('STOPPED', 'the engine is closed')
}
