// Stands for packages that jsPDF loads for HTML only, see vite.config.mjs.
export default null;
