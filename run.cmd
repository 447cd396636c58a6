@echo off
rem Install what is missing, then open Rubato: the Windows twin of ./run.
setlocal
set "python=py -3.11"
%python% -c "" >nul 2>&1 || set "python=py -3.12"
%python% -c "" >nul 2>&1 || (
    echo Rubato needs Python 3.11 or 3.12: install it from python.org or the Microsoft Store. 1>&2
    exit /b 2
)
%python% -I "%~dp0packaging\install.py" run || exit /b 2
"%~dp0.venv\Scripts\rubato.exe" run %*
