/** log: the write-ahead log. */
export * from './types.ts'
