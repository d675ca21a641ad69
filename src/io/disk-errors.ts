import { DiskError, type DiskErrorCode } from './types.ts'

/** What a disk failure was about, for the error's text. */
export interface DiskContext {
  readonly operation: string
  readonly path: string
}

function codeOf(cause: NodeJS.ErrnoException): DiskErrorCode {
  switch (cause.code) {
    case 'ENOENT':
      return 'notFound'
    case 'EEXIST':
      return 'exists'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'full'
    default:
      return 'io'
  }
}

/** The system's error in the words of the disk interface. */
export function toDiskError(cause: unknown, context: DiskContext): DiskError {
  if (cause instanceof DiskError) return cause
  return new DiskError(codeOf(cause as NodeJS.ErrnoException), { ...context, cause })
}
