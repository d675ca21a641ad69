/**
 * fuzz: whole sessions from a seed, in memory and in the fuzzer's own time: valid ones, valid ones
 * with changes, and noise, in chunks of any size, to a socket whose other end reads or does not.
 *
 * What must always hold is checked by code that shares nothing with what is under test: nothing is
 * thrown, what is said is a legal sequence of frames within the windows that were given, queues are
 * bounded, every stream is closed once and every call ends once, and after the end nothing is done.
 */
export { FuzzFailure, fuzz } from './fuzz.ts'
