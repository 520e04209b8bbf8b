// Tracking page
export const health = () => ({ status: 'ok' })
