/**
 * main: the composition root. Only here real parts are made and put together, and only here a
 * process has signals, an exit status and children.
 *
 * Invariants: whatever was opened is closed before the process ends by itself; a failure that
 * nobody can go on after ends it with status 1 and a line that says why.
 */
export { quorate } from './quorate.ts'
