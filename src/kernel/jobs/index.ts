export { type JobDefinition, type JobRun, type Jobs, job, type Progress, type Schedule } from './job.ts'
export { jobsOn, performNow, prepareQueue, startWorker } from './queue.ts'
export { queueDepth } from './store.ts'
