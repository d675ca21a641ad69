/**
 * services: what tools and load balancers expect of every gRPC server: `grpc.health.v1`, and
 * reflection.
 *
 * Invariants: what is told of a service's health is the newest that is known, also to who reads
 * slowly; reflection tells of nothing but the services it was given, and of itself.
 */
export { HealthService } from './health.ts'
export { reflectionMethods } from './reflection.ts'
