export { act, listTasks, type NewTask, openTask, openTasks, readTask, withdrawTasks } from './store.ts'
