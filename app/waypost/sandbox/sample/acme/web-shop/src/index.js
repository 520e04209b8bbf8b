// Web shop
export const health = () => ({ status: 'ok' })
