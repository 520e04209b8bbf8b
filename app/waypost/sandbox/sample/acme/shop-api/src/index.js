// Shop API
export const health = () => ({ status: 'ok' })
