import subprocess
import sys
from pathlib import Path

import vstreamqa.scoring.videollm_online as package


def test_the_metrics_need_neither_torch_nor_a_model() -> None:
    modules = [path.stem for path in Path(str(package.__file__)).parent.glob("*.py") if path.stem != "__init__"]
    imports = "; ".join(f"import {package.__name__}.{module}" for module in modules)
    check = "import sys; assert not {'torch', 'transformers', 'vstreamqa.models'} & set(sys.modules)"
    assert modules
    subprocess.run([sys.executable, "-c", f"{imports}; {check}"], check=True, timeout=60)
