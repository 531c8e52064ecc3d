export { type Product, productCategories, productNames, upsertProducts } from './products.ts'
