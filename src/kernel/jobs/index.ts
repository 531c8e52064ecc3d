export { type JobDefinition, type JobRun, type Jobs, job, type Progress, type Schedule } from './job.ts'
