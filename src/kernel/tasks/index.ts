export { act, listTasks, type NewTask, openTask, openTasks, readTask, withdrawTask, withdrawTasks } from './store.ts'
