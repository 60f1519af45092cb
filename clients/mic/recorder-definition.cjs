// node-record-lpcm16 takes the path of a module that says which program records and how. This one passes on what
// recorder-programs.ts has decided. CommonJS, because the library requires it.
module.exports = (options) => options.program;
