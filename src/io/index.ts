/** io: the only door to disk, clock, chance and sockets. */
export * from './types.ts'
