// Gift cards
export const health = () => ({ status: 'ok' })
